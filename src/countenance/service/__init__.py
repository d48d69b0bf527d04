"""Accounts, jobs and money: everything that knows who asked, and nothing that knows pixels."""
