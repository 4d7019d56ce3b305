"""Reading what models write: one parser per kind of thing, each with value, status and place."""
