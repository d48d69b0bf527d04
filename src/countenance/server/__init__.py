"""Everything together: database, queues, workers and pages in one process."""
