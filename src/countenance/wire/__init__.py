"""The shapes of the HTTP API: what is sent and what is answered, for the server and for its clients."""
