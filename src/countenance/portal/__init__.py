"""The web pages: served beside the API, nothing loaded from elsewhere."""
