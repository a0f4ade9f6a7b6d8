"""Forms as data: definition, values, validation, workbooks."""
