"""The works: ffmpeg and Shaka Packager, in the sandbox, in a scratch folder."""
