// Azure OpenAI (openai/openai-python e43b4224, azure.py; learn.microsoft.com): chat
// completions, where the model is the name of a deployment. The v1 API is at
// https://RESOURCE.openai.azure.com/openai/v1, the classic one at
// https://RESOURCE.openai.azure.com. Stateless: one instance serves all threads.
#pragma once

#include "providers/dialects/openai_chat.hpp"

namespace retort::providers {

enum class azure_api { v1, classic };

class azure final : public openai_chat {
 public:
  explicit azure(azure_api api);

  std::string target(std::string_view model, delivery how) const override;
  std::vector<std::string> doubts(std::string_view model, const sampling& asked) const override;
  std::string headers(std::string_view api_key) const override;

 private:
  azure_api api_;
};

}  // namespace retort::providers
