"""Durable work: queues, workers and their leases, processes and their progress."""
