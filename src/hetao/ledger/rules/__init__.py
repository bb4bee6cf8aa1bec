"""The rules of the ledger, one small file each; dropping a file in is the whole registration."""
