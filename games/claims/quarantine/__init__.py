"""Decisions that contradict SQL: what operators see of them, and how a packet gets past one."""
