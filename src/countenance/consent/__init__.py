"""Did this person agree? The statement, and its verification against the training footage."""
