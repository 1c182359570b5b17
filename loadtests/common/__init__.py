"""What every journey needs: the API, the outside log, and the judgement after the run."""
