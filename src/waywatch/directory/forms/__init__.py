"""The shape of input. Every text field is one clean line, or is refused with a sentence that says why."""
