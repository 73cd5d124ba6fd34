"""Signs that an exam was not sat as it should be: signs (pure), answer_sheets (rows as arrays), judging, drawn."""
