/**
 * Transactions, messages, waiting and tracking together, by many clients at once over sockets: work queues, transfers
 * between accounts, listeners that do not read, clients that go away in the middle of it all.
 */
package io.duetdb.conversations;
