"""How a store came to be what it is, step by step; Alembic walks through them."""
