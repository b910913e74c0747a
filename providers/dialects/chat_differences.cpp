#include "providers/dialects/chat_differences.hpp"

namespace retort::providers {
namespace {

using enum sampling_key;

constexpr sampling_key_set penalties = {frequency_penalty, presence_penalty};
constexpr sampling_key_set openai_keys =
    common_keys | penalties | sampling_key_set{stop, seed, logprobs, reasoning_effort};
constexpr sampling_key_set cutoffs = {top_k, min_p};

constexpr chat_differences family[] = {
    {
        .name = "openai",
        .takes = openai_keys,
        .base_url = "https://api.openai.com/v1",
        .key_variable = "OPENAI_API_KEY",
        .follows_model_name = true,
        .obfuscates = true,
    },
    {
        .name = "vllm",
        .takes = openai_keys | cutoffs | sampling_key_set{reasoning_budget},
        .base_url = "http://localhost:8000/v1",  // ~
        .budget = "thinking_token_budget",
    },
    {
        .name = "sglang",
        .takes = openai_keys | cutoffs,           // reasoning_effort ~
        .base_url = "http://localhost:30000/v1",  // ~
    },
    {
        .name = "llamacpp",
        .takes = openai_keys | cutoffs,          // ~
        .base_url = "http://localhost:8080/v1",  // ~
    },
    {
        // Its chat completions take no top_k and no min_p ~; a Modelfile does.
        .name = "ollama",
        .takes = openai_keys,
        .base_url = "http://localhost:11434/v1",  // ~
    },
    {
        .name = "tgi",
        .takes = openai_keys.without({reasoning_effort}),
        .most_logprobs = 5,
    },
    {
        .name = "openrouter",
        .takes = openai_keys | cutoffs | sampling_key_set{reasoning_budget},
        .base_url = "https://openrouter.ai/api/v1",
        .key_variable = "OPENROUTER_API_KEY",
        .reasoning = reasoning_form::openrouter,
    },
    {
        .name = "together",
        .takes = openai_keys | cutoffs,             // ~
        .base_url = "https://api.together.xyz/v1",  // ~
        .key_variable = "TOGETHER_API_KEY",
    },
    {
        .name = "mistral",
        .takes = openai_keys.without({logprobs}),
        .base_url = "https://api.mistral.ai/v1",
        .key_variable = "MISTRAL_API_KEY",
        .seed = "random_seed",
        .has_stream_options = false,
    },
    {
        // A json_schema may be refused ~: its servers say so with a 400.
        .name = "deepseek",
        .takes = openai_keys,
        .base_url = "https://api.deepseek.com",
        .key_variable = "DEEPSEEK_API_KEY",
        .reasoning = reasoning_form::deepseek,
    },
    {
        // console.groq.com/docs/openai: a 400 to logprobs.
        .name = "groq",
        .takes = openai_keys.without({logprobs}),
        .base_url = "https://api.groq.com/openai/v1",
        .key_variable = "GROQ_API_KEY",
    },
    {
        // docs.fireworks.ai/guides/querying-text-models; five alternatives ~.
        .name = "fireworks",
        .takes = openai_keys | cutoffs,  // ~
        .base_url = "https://api.fireworks.ai/inference/v1",
        .key_variable = "FIREWORKS_API_KEY",
        .most_logprobs = 5,
    },
    {
        // docs.x.ai; eight alternatives ~. What its reasoning models refuse they say with a 400.
        .name = "xai",
        .takes = openai_keys,
        .base_url = "https://api.x.ai/v1",
        .key_variable = "XAI_API_KEY",
        .most_logprobs = 8,
    },
    {
        // inference-docs.cerebras.ai: a 400 to penalties.
        .name = "cerebras",
        .takes = openai_keys.without({frequency_penalty, presence_penalty}),
        .base_url = "https://api.cerebras.ai/v1",
        .key_variable = "CEREBRAS_API_KEY",
    },
    {
        // build.nvidia.com, its API catalog: each model behind it takes what it takes ~.
        .name = "nvidia",
        .takes = openai_keys,
        .base_url = "https://integrate.api.nvidia.com/v1",
        .key_variable = "NVIDIA_API_KEY",
    },
    {
        .name = "deepinfra",
        .takes = openai_keys | cutoffs,                     // ~
        .base_url = "https://api.deepinfra.com/v1/openai",  // ~
        .key_variable = "DEEPINFRA_API_KEY",                // ~
    },
    {
        // docs.perplexity.ai, "OpenAI compatibility": no /v1. Its usage comes with every event ~.
        .name = "perplexity",
        .takes = common_keys | penalties | sampling_key_set{stop, top_k, reasoning_effort},  // ~
        .base_url = "https://api.perplexity.ai",
        .key_variable = "PERPLEXITY_API_KEY",
        .has_stream_options = false,
    },
};

}  // namespace

std::span<const chat_differences> chat_family() { return family; }

}  // namespace retort::providers
