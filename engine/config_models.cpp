#include "engine/config_models.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <string>
#include <string_view>

namespace retort::engine {
namespace {

void check_mock(yaml_section& section) {
  for (std::string_view key : {"base_url", "ca_file", "api_key_env", "api_key_file"}) {
    if (section.has(key)) section.fail(key, "does not go with provider mock");
  }
}

std::string_view base_url_problem(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "http" && url->scheme() != "https")) {
    return "is not an http:// or https:// URL";
  }
  if (url->has_userinfo()) return "holds a user or password (not shown); use api_key_env";
  if (url->encoded_host().empty()) return "names no host";
  if (url->has_port() && url->port_number() == 0) return "has no port from 1 to 65535";
  if (url->has_query() || url->has_fragment()) return "has a query or fragment; expected a path";
  return "";
}

std::string read_base_url(yaml_section& section) {
  std::string url = section.text("base_url").value_or("");
  if (url.empty()) return url;
  const std::string_view problem = base_url_problem(url);
  if (!problem.empty()) section.fail("base_url", problem);
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// Capitals only, since most keys have small letters: a key that was put here by mistake is found
// before any message names it as a variable.
std::string read_key_variable(yaml_section& section) {
  const std::string name = section.text("api_key_env").value_or("");
  if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != std::string::npos) {
    section.fail("api_key_env",
                 "is not the name of a variable (capitals, digits, \"_\"); it is not shown, since "
                 "it may be a key");
  }
  return name;
}

void read_endpoint(yaml_section& section, model_config& out) {
  if (section.has("mock")) section.fail("mock", "goes with provider mock only");
  if (out.model.empty()) section.fail("model", "is required: expected text");
  out.base_url = read_base_url(section);
  out.api_key_env = read_key_variable(section);
  out.api_key_file = section.text("api_key_file").value_or("");
  out.ca_file = section.text("ca_file").value_or("");
  if (!out.api_key_env.empty() && !out.api_key_file.empty()) {
    section.fail("api_key_file", "cannot stand beside api_key_env: a key comes from one place");
  }
}

void fill_openai_defaults(model_config& model) {
  if (!model.base_url.empty()) return;
  model.base_url = "https://api.openai.com/v1";
  if (model.api_key_file.empty() && model.api_key_env.empty()) model.api_key_env = "OPENAI_API_KEY";
}

model_config read_model(yaml_section& section) {
  model_config out;
  out.provider = section.text("provider").value_or("");
  const bool is_mock = out.provider == "mock";
  out.model = section.text("model").value_or(is_mock ? "mock" : "");
  out.timeout_s = section.real("timeout_s").value_or(out.timeout_s);
  out.concurrency =
      static_cast<std::uint32_t>(section.whole("concurrency").value_or(out.concurrency));
  out.mock = section.options("mock");
  if (is_mock) check_mock(section);
  if (!is_mock) read_endpoint(section, out);
  if (out.provider == "openai") fill_openai_defaults(out);
  return out;
}

}  // namespace

std::vector<model_config> read_models(yaml_section& root) {
  std::vector<model_config> out;
  for (yaml_section& model : root.sections("models")) out.push_back(read_model(model));
  if (out.empty()) root.fail("models", "is required: expected a list of at least one model");
  return out;
}

}  // namespace retort::engine
