// What Lambda's own runtime interface client does, as far as a handler can tell: asks for the next event, hands it to the
// function, posts its answer or its error's name (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const [file, name] = process.argv.slice(2);
const handlers = await import(file);
for (;;) {
  const next = await fetch(`${base}/invocation/next`);
  if (next.status !== 200) break;
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    const answer = await handlers[name](await next.json(), context);
    await fetch(`${base}/invocation/${id}/response`, { method: 'POST', body: JSON.stringify(answer ?? null) });
  } catch (error) {
    const body = JSON.stringify({
      errorType: error.name,
      errorMessage: error.message,
      // Not `?? ''`: the client that Lambda runs fails where an error has no stack, and so must this one.
      stackTrace: error.stack.split('\n').slice(1),
    });
    await fetch(`${base}/invocation/${id}/error`, { method: 'POST', body });
  }
}
