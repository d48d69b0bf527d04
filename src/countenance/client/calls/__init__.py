"""The operations of the API, by subject: plain functions that say what is asked."""
