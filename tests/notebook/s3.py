"""A dataset in a bucket: written by a node, read by pyarrow, and without the text of a record once that is removed."""

import io
import json
import logging
import os
import subprocess
import sys
import tempfile

import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet
from moto.server import ThreadedMotoServer

import run

BUCKET, FOLDER = "records", "alliance/dataset"
KEYS = ("a-key", "a-secret")
REGION = "eu-west-2"


def objects(store):
    """Every object of the bucket with its bytes."""
    found = store.get_file_info(pyarrow.fs.FileSelector(BUCKET, recursive=True))
    files = [item.path for item in found if item.type == pyarrow.fs.FileType.File]
    return {path: store.open_input_stream(path).read() for path in files}


def texts(path, content):
    """What stands in an object, unpacked where it is packed."""
    if path.endswith(".parquet"):
        return json.dumps(pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist(), default=str, ensure_ascii=False)
    return content.decode()


def holding(store, words):
    return sorted(path for path, content in objects(store).items() if any(word in texts(path, content) for word in words))


def practices(store):
    table = f"{BUCKET}/{FOLDER}/table=practices"
    rows = pyarrow.dataset.dataset(table, filesystem=store, format="parquet", partitioning="hive").to_table().to_pylist()
    return {row["id"]: row for row in rows}


def follow(program, place, store):
    """Writes the dataset, removes a practice; gives what is wrong."""
    data = os.path.join(place, "node")
    run.share_some(program, data)
    keep = ["--dataset", f"s3://{BUCKET}/{FOLDER}"]
    with run.node(program, data, *keep):
        run.follow_dataset(program, data)
        before = practices(store)
        if len(before) != 2 or {row["country"] for row in before.values()} != {"GB"}:
            return [f"two practices of GB were shared, and pyarrow reads {before}"]
        gone, stays = sorted(before)
        words = [before[gone]["title"], before[gone]["summary"]]
        held = holding(store, words)
        erased = subprocess.run([program, "erase", gone, "--reason", "privacy", "--data", data], capture_output=True, text=True)
        if erased.returncode:
            return [f"the practice could not be removed: {erased.stderr}"]
        # The node confirms a removal once its dataset has nothing of it.
        while not confirmed(program, data, gone):
            pass
        run.follow_dataset(program, data)
    faults = []
    if not any("table=practices" in path for path in held):
        faults.append(f"its words were not in the bucket before: {held}")
    if set(practices(store)) != {stays}:
        faults.append(f"{stays} was to stay alone, and pyarrow reads {sorted(practices(store))}")
    for path in holding(store, words):
        faults.append(f"{path} still holds words of the practice that was removed")
    for path in set(objects(store)) & {path for path in held if "part-" in path}:
        faults.append(f"{path} was to be written anew under another name")
    # A further start finds its own dataset and goes on with it.
    with run.node(program, data, *keep):
        run.follow_dataset(program, data)
        if set(practices(store)) != {stays}:
            faults.append("a further start lost rows")
    return faults


def confirmed(program, data, record):
    """Whether the node confirms that nothing of a record is left with it."""
    ask = [program, "removal", record, "--json", "--data", data]
    return bool(json.loads(subprocess.run(ask, capture_output=True).stdout or "{}").get("confirmed"))


def main(program):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        store = pyarrow.fs.S3FileSystem(
            access_key=KEYS[0], secret_key=KEYS[1], region=REGION, endpoint_override=endpoint, allow_bucket_creation=True
        )
        store.create_dir(BUCKET)
        os.environ.update(AWS_ACCESS_KEY_ID=KEYS[0], AWS_SECRET_ACCESS_KEY=KEYS[1], AWS_REGION=REGION)
        os.environ.update(AWS_ENDPOINT=endpoint, AWS_ALLOW_HTTP="true")
        with tempfile.TemporaryDirectory() as place:
            return follow(program, place, store)
    finally:
        server.stop()


if __name__ == "__main__":
    problems = main(sys.argv[1])
    print(f"a dataset in a bucket: {len(problems)} faults")
    print("\n".join(problems), file=sys.stderr)
    sys.exit(bool(problems))
