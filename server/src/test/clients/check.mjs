// What the programs beside this one share: where Duet is, and checks that are named when they fail.
export const port = Number(process.env.DUET_PORT);
export const restUrl = process.env.DUET_REST_URL;
export const restToken = process.env.DUET_REST_TOKEN;

const checks = [];

/** Adds a check; it is run, after those before it, by run(). */
export function check(name, work) {
    checks.push([name, work]);
}

/** Runs all checks, says which one failed, and ends the process. */
export async function run(before, after) {
    let failed = 0;
    for (const [name, work] of checks) {
        try {
            await before();
            await work();
        } catch (error) {
            failed++;
            console.error(`${name}: ${error.stack}`);
        }
    }
    await after();
    console.log(`${checks.length - failed} of ${checks.length} checks passed`);
    process.exit(failed === 0 ? 0 : 1);
}

/** Resolves with the error that a promise is rejected with. */
export async function failureOf(promise) {
    let value;
    try {
        value = await promise;
    } catch (error) {
        return error;
    }
    throw new Error(`expected a failure, but there was a reply: ${JSON.stringify(value)}`);
}
