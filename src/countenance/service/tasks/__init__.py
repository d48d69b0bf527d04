"""What is done in child processes for replicas, videos and the rest: what goes in, what comes out, what follows."""
