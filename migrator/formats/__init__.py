"""How dates and times are written. In: a language. Out: what Django's `date` filter takes."""
