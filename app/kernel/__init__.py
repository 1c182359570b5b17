"""The floor everything stands on: settings, errors, ids, storage, messages. Knows no slice."""
