"""configs/kubernetes: by the API's own schema, as the official client has it, by what the API server refuses
beyond that, and by a small controller that starts the Job's pods as processes and does with their exit
statuses what Kubernetes does.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import pydantic
import yaml
from kubernetes import client

from mock_server import KEY, PROGRAM, MockServer

TEMPLATES = pathlib.Path(__file__).resolve().parents[2] / "configs" / "kubernetes"
DEADLINE_S = 120


def template(name):
    return yaml.safe_load((TEMPLATES / name).read_text())


def problems(job):
    """What of it the API would refuse: unknown fields, missing ones, values of other types."""
    try:
        client.V1Job.model_validate(job, strict=True)
    except pydantic.ValidationError as refused:
        return [(".".join(map(str, one["loc"])), one["type"]) for one in refused.errors()]
    return []


class Schema(unittest.TestCase):
    def test_the_templates_are_jobs_of_the_api(self):
        for one in TEMPLATES.iterdir():
            self.assertEqual(problems(template(one.name)), [], one)

    def test_what_is_none_is_seen(self):
        def with_changes(**changes):
            job = template("job.yaml")
            job["spec"].update(changes)
            return problems(job)
        self.assertEqual(with_changes(completion=1), [("spec.completion", "extra_forbidden")])
        self.assertEqual(with_changes(completions="12"), [("spec.completions", "int_type")])
        self.assertEqual(with_changes(podFailurePolicy={"rules": [{}]}),
                         [("spec.podFailurePolicy.rules.0.action", "missing")])

    def test_what_the_server_wants_beyond_the_schema(self):
        spec = template("job.yaml")["spec"]
        pod = spec["template"]["spec"]
        variables = {one["name"]: one.get("value") for one in pod["containers"][0]["env"]}
        self.assertEqual(variables["RETORT_SHARDS"], str(spec["completions"]))
        self.assertEqual(variables["RETORT_GRACE_S"], str(pod["terminationGracePeriodSeconds"]))
        self.assertLessEqual(spec["maxFailedIndexes"], spec["completions"])
        for one in TEMPLATES.iterdir():
            with self.subTest(one.name):
                self.check_pod(template(one.name)["spec"])

    def check_pod(self, spec):
        pod = spec["template"]["spec"]
        container = pod["containers"][0]
        self.assertEqual(pod["restartPolicy"], "Never")
        self.assertEqual(spec["podReplacementPolicy"], "Failed")
        for rule in spec["podFailurePolicy"]["rules"]:
            self.assertEqual(rule.get("onExitCodes", container)["containerName" if "onExitCodes" in rule else "name"],
                             container["name"])
        mounted = {one["name"] for one in container["volumeMounts"]}
        self.assertEqual(mounted, {one["name"] for one in pod["volumes"]})

    def test_the_merge_finds_what_the_shards_left(self):
        shards, merge = (template(name)["spec"]["template"]["spec"] for name in ("job.yaml", "merge.yaml"))
        self.assertEqual(merge["volumes"], shards["volumes"])
        for key in ("image", "workingDir", "volumeMounts"):
            self.assertEqual(merge["containers"][0][key], shards["containers"][0][key])
        self.assertEqual(merge["containers"][0]["command"][2], shards["containers"][0]["command"][2])


class Controller:
    """What Kubernetes does with a Job, one pod at a time; with one that is not indexed, as with an only index."""

    def __init__(self, job, folder, key=KEY):
        self.spec, self.folder, self.key = job["spec"], folder, key
        self.pods = []  # (index, status)
        self.disturb = {}  # index -> what to do with its first pod, once

    def run(self):
        """"Complete" or "Failed", as the Job's condition."""
        failed = 0
        for index in range(self.spec.get("completions", 1)):
            came_to = self._run_index(index)
            if came_to == "FailJob":
                return "Failed"
            failed += came_to == "FailIndex"
            if failed > self.spec.get("maxFailedIndexes", 0):
                return "Failed"
        return "Failed" if failed else "Complete"

    def _run_index(self, index):
        counted = 0
        while True:
            if len(self.pods) > 100:
                raise RuntimeError(f"pods without end: {self.pods[-5:]}")
            status = self._pod(index)
            self.pods.append((index, status))
            action = "Succeed" if status == 0 else self._action(status)
            if action in ("Succeed", "FailJob", "FailIndex"):
                return action
            counted += action == "Count"
            if counted > self.spec.get("backoffLimitPerIndex", self.spec.get("backoffLimit")):
                return "FailIndex"

    def _action(self, status):
        for rule in self.spec["podFailurePolicy"]["rules"]:
            codes = rule.get("onExitCodes")
            if codes and (status in codes["values"]) == (codes["operator"] == "In"):
                return rule["action"]
        return "Count"

    def _pod(self, index):
        container = self.spec["template"]["spec"]["containers"][0]
        words = [str(self.folder / pathlib.Path(word).name) if word.startswith("/etc/retort/") else word
                 for word in container["command"]]
        words[0] = PROGRAM
        environment = {"PATH": os.environ["PATH"], "KUBERNETES_SERVICE_HOST": "127.0.0.1"}
        if self.spec.get("completionMode") == "Indexed":
            environment["JOB_COMPLETION_INDEX"] = str(index)
        for one in container.get("env", ()):
            environment[one["name"]] = one.get("value", self.key)
        pod = subprocess.Popen(words, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with contextlib.suppress(KeyError):
            self.disturb.pop(index)(pod)
        pod.communicate(timeout=DEADLINE_S)
        return pod.returncode if pod.returncode >= 0 else 128 - pod.returncode


class ExitStatuses(unittest.TestCase):
    RECORDS = 300
    SHARDS = 3

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        rows = [json.dumps({"id": f"r{n}", "question": f"What is {n} + 3?"}) for n in range(self.RECORDS)]
        (self.folder / "data.jsonl").write_text("".join(row + "\n" for row in rows))

    def controller(self, mock, more="", **changes):
        (self.folder / "run.yaml").write_text(f"""
run: pods
dataset: {{path: data.jsonl, id: id}}
prompt: {{user: "{{{{question}}}}"}}
models: [{{provider: openai, model: m, base_url: "{mock.base_url}", ca_file: "{mock.ca_file}",
          api_key_env: OPENAI_API_KEY, concurrency: 6}}]
{more}""")
        job = template("job.yaml")
        job["spec"].update(completions=self.SHARDS, maxFailedIndexes=self.SHARDS)
        for one in job["spec"]["template"]["spec"]["containers"][0]["env"]:
            if one["name"] == "RETORT_SHARDS":
                one["value"] = str(self.SHARDS)
        return Controller(job, self.folder, **changes)

    def ids(self):
        """Of the finished samples of all shards."""
        ledgers = (self.folder / "runs" / "pods" / "shards").glob("*/ledger.jsonl")
        lines = [json.loads(line) for one in ledgers for line in one.read_text().split("\n") if line]
        return sorted(line["id"] for line in lines if "verdict" in line)

    def at_work(self):
        with contextlib.suppress(OSError):
            return len(self.ids()) > 5
        return False

    def wait_for_work(self, pod):
        until = time.monotonic() + DEADLINE_S
        while not self.at_work() and pod.poll() is None and time.monotonic() < until:
            time.sleep(0.02)

    def terminate(self, pod):
        self.wait_for_work(pod)
        pod.send_signal(signal.SIGTERM)

    def all_ids(self):
        return sorted(f"r{n}" for n in range(self.RECORDS))

    def test_a_pod_that_is_told_to_end_is_replaced_and_nothing_is_asked_twice(self):
        with MockServer(latency_ms=20) as mock:
            controller = self.controller(mock)
            controller.disturb[0] = self.terminate
            self.assertEqual(controller.run(), "Complete")
        self.assertEqual(controller.pods, [(0, 75), (0, 0), (1, 0), (2, 0)])
        self.assertEqual(self.ids(), self.all_ids())

    def test_the_merge_makes_the_outputs_of_a_complete_job_and_refuses_another(self):
        with MockServer() as mock:
            controller = self.controller(mock)
            merge = Controller(template("merge.yaml"), self.folder)
            self.assertEqual(merge.run(), "Failed")
            self.assertEqual(merge.pods, [(0, 2)])
            self.assertEqual(controller.run(), "Complete")
        for _ in range(2):
            self.assertEqual(merge.run(), "Complete")
        run = self.folder / "runs" / "pods"
        self.assertEqual(len((run / "finetuning_data.jsonl").read_text().splitlines()), self.RECORDS)

    def test_a_pod_that_is_killed_is_replaced(self):
        with MockServer(latency_ms=20) as mock:
            controller = self.controller(mock)
            controller.disturb[0] = self.kill
            self.assertEqual(controller.run(), "Complete")
        self.assertEqual(controller.pods, [(0, 137), (0, 0), (1, 0), (2, 0)])
        self.assertEqual(self.ids(), self.all_ids())

    def kill(self, pod):
        self.wait_for_work(pod)
        pod.kill()

    def test_a_wrong_config_ends_the_job_with_its_first_pod(self):
        with MockServer() as mock:
            controller = self.controller(mock, more="smapling: {}\n")
            self.assertEqual(controller.run(), "Failed")
        self.assertEqual(controller.pods, [(0, 2)])

    def test_a_wrong_key_ends_the_job_with_its_first_pod(self):
        with MockServer() as mock:
            controller = self.controller(mock, key="not this one")
            self.assertEqual(controller.run(), "Failed")
        self.assertEqual(controller.pods[-1], (0, 2))

    def test_a_used_up_budget_ends_each_shard_with_its_first_pod(self):
        with MockServer() as mock:
            controller = self.controller(mock, more="budget: {tokens: 300}\nsampling: {max_tokens: 20}\n")
            self.assertEqual(controller.run(), "Failed")
        self.assertEqual(controller.pods, [(0, 76), (1, 76), (2, 76)])

    def test_samples_that_fail_are_tried_again_so_often(self):
        with MockServer(invalid_json=0.5) as mock:
            controller = self.controller(mock, more="retry: {attempts: 1}\n")
            controller.spec["completions"] = 1
            self.assertEqual(controller.run(), "Failed")
        # At times so much of it fails that the endpoint itself is in doubt: that is 75, and does not count.
        counted = [status for _, status in controller.pods if status != 75]
        self.assertEqual(counted, [1] * (1 + controller.spec["backoffLimitPerIndex"]))


if __name__ == "__main__":
    unittest.main()
