"""Executes a definition with moto's Step Functions: S3 is at an endpoint given, its functions whoever answers there."""
import io, json, os, sys, time, urllib.error, urllib.request

definition, input_file, address, endpoint = sys.argv[1:5]

import moto.stepfunctions.parser.asl.utils.boto_client as boto_client

class Functions:
    def invoke(self, FunctionName, Payload, **_):
        body = Payload if isinstance(Payload, (bytes, str)) else json.dumps(Payload)
        body = body.encode() if isinstance(body, str) else body
        try:
            with urllib.request.urlopen(urllib.request.Request(address, data=body, method="POST")) as answer:
                return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": io.BytesIO(answer.read())}
        except urllib.error.HTTPError as error:
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": io.BytesIO(error.read())}

import boto3
from botocore.config import Config

storage = boto3.client(
    "s3", endpoint_url=endpoint, region_name="us-east-1",
    aws_access_key_id=os.environ["STORAGE_KEY"], aws_secret_access_key=os.environ["STORAGE_SECRET"],
    config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required",
                  response_checksum_validation="when_required"))

def client_for(region, service, state_credentials=None):
    return Functions() if service == "lambda" else storage

boto_client.boto_client_for = client_for

from moto import mock_aws
from moto.core.models import botocore_stubber

with mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "core": {"passthrough": {"urls": [endpoint + ".*"]}}}):
    states = boto3.client("stepfunctions", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    machine = states.create_state_machine(
        name="fleet", definition=open(definition).read(), roleArn="arn:aws:iam::123456789012:role/fleet")
    execution = states.start_execution(
        stateMachineArn=machine["stateMachineArn"], input=open(input_file).read())["executionArn"]
    while True:
        state = states.describe_execution(executionArn=execution)
        if state["status"] != "RUNNING":
            break
        time.sleep(0.1)
    maps = []
    try:
        for run in states.list_map_runs(executionArn=execution)["mapRuns"]:
            counts = states.describe_map_run(mapRunArn=run["mapRunArn"])["itemCounts"]
            maps.append({name: counts[name] for name in ("total", "succeeded", "failed")})
    except Exception as error:
        maps.append({"unknown": repr(error)})
    output = state.get("output")
    print(json.dumps({
        "status": state["status"], "output": None if output is None else json.loads(output),
        "error": state.get("error"), "cause": state.get("cause"), "maps": maps}, default=str))
