"""Links that ask a person to record the consent statement, wherever that person is."""
