"""What this AWS tells beyond AWS's own calls: what SNS would have sent, and the job runs with their logs."""

from collections.abc import Callable
from typing import Any

from local_aws.job_queue import QUEUE


def messages() -> list[dict[str, Any]]:
    """Return all messages that were published to topics, the oldest of each topic first."""
    from moto.sns.models import sns_backends

    return [
        {"topic": topic.arn, "subject": subject, "message": message}
        for regions in sns_backends.values()
        for backend in regions.values()
        for topic in backend.topics.values()
        for _, message, subject, *_ in topic.sent_notifications
    ]


def job_runs() -> list[dict[str, Any]]:
    """Return all runs of Glue jobs, and where each one's logs are."""
    return [
        {
            "job": run.job.name,
            "run": run.run_id,
            "state": run.state,
            "error": run.error,
            "from": run.started_at,
            "to": run.ended_at,
            "arguments": run.arguments,
            "logs": str(run.folder),
        }
        for run in QUEUE.all()
    ]


PAGES: dict[str, Callable[[], Any]] = {"/local-aws/messages": messages, "/local-aws/runs": job_runs}
