"""The events that the ledger takes, one small file each; dropping a file in is the whole registration."""
