"""What cannot be loaded as records but must be handed over usable: one structured document from
what the source's API gives, what people upload, and where the reports' columns landed."""
