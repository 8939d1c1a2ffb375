export interface FakeFailure {
  readonly status: number
  readonly type: string
  readonly message: string
}

/** How Bedrock refuses, by the first words of the last user text. */
export const failures: Readonly<Record<string, FakeFailure>> = {
  throttled: { status: 429, type: "ThrottlingException", message: "Too many tokens, please wait before trying again." },
  overflow: { status: 400, type: "ValidationException", message: "Input is too long for requested model." },
  "bad request": { status: 400, type: "ValidationException", message: "The value at messages.0 is wrong." },
  unsupported: {
    status: 400,
    type: "ValidationException",
    message: "This model doesn't support the stopSequences field.",
  },
  "missing model": { status: 400, type: "ValidationException", message: "The provided model identifier is invalid." },
  "needs profile": {
    status: 400,
    type: "ValidationException",
    message:
      "Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
  },
  "no access": {
    status: 403,
    type: "AccessDeniedException",
    message: "You don't have access to the model with the specified model ID.",
  },
  denied: {
    status: 403,
    type: "AccessDeniedException",
    message: "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel",
  },
  expired: {
    status: 403,
    type: "ExpiredTokenException",
    message: "The security token included in the request is expired",
  },
  quota: {
    status: 400,
    type: "ServiceQuotaExceededException",
    message: "Your request exceeds the service quota for your account.",
  },
  "not ready": { status: 429, type: "ModelNotReadyException", message: "The model is not ready for inference." },
  timeout: { status: 408, type: "ModelTimeoutException", message: "The request took too long to process." },
  "model error": {
    status: 424,
    type: "ModelErrorException",
    message: "The request failed due to an error while processing the model.",
  },
  "server error": { status: 500, type: "InternalServerException", message: "An internal server error occurred." },
  unavailable: { status: 503, type: "ServiceUnavailableException", message: "The service isn't currently available." },
  "no resource": { status: 404, type: "ResourceNotFoundException", message: "Could not resolve the foundation model." },
}

/** Exceptions that break a stream off, by the same words. */
export const exceptions: Readonly<Record<string, { readonly type: string; readonly message: string }>> = {
  "stream internal": { type: "internalServerException", message: "Internal server error" },
  "stream model": { type: "modelStreamErrorException", message: "The model failed while streaming" },
  "stream unavailable": { type: "serviceUnavailableException", message: "Bedrock is unable to process your request." },
  "stream throttled": { type: "throttlingException", message: "Too many requests, please wait before trying again." },
  "stream invalid": { type: "validationException", message: "The model returned the following errors: bad" },
  "stream timeout": { type: "modelTimeoutException", message: "Model took too long" },
}
