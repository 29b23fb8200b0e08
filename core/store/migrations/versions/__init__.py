"""One file per change of the register's shape."""
