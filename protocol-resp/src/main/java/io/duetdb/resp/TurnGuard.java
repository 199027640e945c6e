package io.duetdb.resp;

/** Who owns the engine: entered before a turn of the loop first touches it, left when the turn has ended. */
public interface TurnGuard {
    /** Guards nothing: the loop is the only one who ever touches the engine. */
    TurnGuard NONE = new TurnGuard() {
        @Override
        public void enter() {}

        @Override
        public void leave() {}
    };

    /** The turn begins. May wait for another owner to let go. */
    void enter();

    /** The turn has ended: replies were handed to the sockets. */
    void leave();
}
