#include "providers/dialects/azure.hpp"

#include "providers/request/model_quirks.hpp"
#include "providers/request/shared_parts.hpp"

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

// A deployment has any name, and what it takes goes by its model.
std::vector<std::string> azure::doubts(std::string_view model, const sampling& asked) const {
  std::vector<std::string> all = openai_chat::doubts(model, asked);
  const bool reasons = quirks_of(model).max_tokens_as != "max_tokens";
  if (reasons && api_ == azure_api::classic) {
    all.push_back(
        "provider azure-classic: models that reason are not served by its api-version 2024-10-21 "
        "(microsoft/semantic-kernel#12268); provider azure speaks the API that has them");
  }
  if (!reasons && asked.max_tokens && !model.starts_with("gpt-")) {
    all.push_back(
        "sampling.max_tokens: goes out by this name unless the deployment is named like a model "
        "that "
        "reasons (gpt-5.6-..., o4-...), which takes max_completion_tokens only");
  }
  return all;
}

std::string azure::headers(std::string_view api_key) const {
  return key_line("api-key: ", api_key);
}

}  // namespace retort::providers
