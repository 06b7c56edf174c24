"""The synthetic network of `make up`: two years of history to restore, and its last week to post."""

from deploy.local.network.install import restore_history
from deploy.local.network.last_week import post_last_week

__all__ = ["post_last_week", "restore_history"]
