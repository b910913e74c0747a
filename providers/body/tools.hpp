// The tools of a request, from the common form (that of OpenAI's chat completions:
// [{"type":"function","function":{"name","description","parameters"}}]) to each provider's own
// (openai-openapi f85dbe2, anthropic-sdk-python 009b0353, python-genai 66807187). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::providers {

enum class tool_form {
  flat,       // Responses: [{"type":"function","name","description","parameters"}]
  anthropic,  // [{"name","description","input_schema"}]
  gemini,     // [{"functionDeclarations":[{"name","description","parameters"}]}]
};

// JSON text, valid until this thread's next call with the same form: translated once, then
// remembered, since all requests of a run have the same tools.
const std::string& translate_tools(tool_form form, std::string_view tools);

// "" when `tools` is in the common form, else what is wrong and what was expected.
std::string tools_problem(std::string_view tools);

}  // namespace retort::providers
