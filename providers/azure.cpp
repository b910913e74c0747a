#include "providers/azure.hpp"

#include "providers/prompt_parts.hpp"

namespace retort::providers {
namespace {

// The model's quirks go by the deployment's name, which is the model's where its owner saw to that.
chat_differences like_openai() {
  chat_differences differences = chat_family().front();
  differences.name = "azure";
  differences.obfuscates = false;  // whether it takes the option is unconfirmed
  return differences;
}

const chat_differences& azure_differences() {
  static const chat_differences differences = like_openai();
  return differences;
}

}  // namespace

azure::azure(azure_api api) : openai_chat(azure_differences()), api_(api) {}

std::string azure::target(std::string_view model, delivery how) const {
  if (api_ == azure_api::v1) return openai_chat::target(model, how);
  return "/openai/deployments/" + path_segment(model) + "/chat/completions?api-version=2024-10-21";
}

std::string azure::headers(std::string_view api_key) const {
  std::string lines;
  if (!api_key.empty()) lines.append("api-key: ").append(api_key).append("\r\n");
  return lines;
}

}  // namespace retort::providers
