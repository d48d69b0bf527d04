"""What is asked of other people's servers: media that is fetched, webhooks that are delivered."""
