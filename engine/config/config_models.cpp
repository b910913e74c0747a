#include "engine/config/config_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "engine/text/endpoint_lines.hpp"
#include "io/base/one_line.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"
#include "io/redis/redis_server.hpp"
#include "providers/dialects/registry.hpp"

namespace retort::engine {
namespace {

void check_mock(yaml_section& section) {
  for (std::string_view key :
       {"base_url", "ca_file", "api_key_env", "api_key_file", "endpoints", "serve"}) {
    if (section.has(key)) section.fail(key, "does not go with provider mock");
  }
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
std::string read_key_variable(yaml_section& section, std::string_view key = "api_key_env") {
  const std::string name = section.text(key).value_or("");
  if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != std::string::npos) {
    section.fail(key,
                 "is not the name of a variable (capitals, digits, \"_\"); it is not shown, since "
                 "it may be a key");
  }
  return name;
}

void check_shared(yaml_section& section, const limits_config& limits) {
  if (limits.shared.empty()) {
    for (std::string_view key : {"shared_key_env", "shared_key_file", "shared_ca_file"}) {
      if (section.has(key)) section.fail(key, "goes with limits.shared only");
    }
    return;
  }
  const auto server = io::parse_redis_server(limits.shared);
  if (!server) section.fail("shared", server.error().message);
  const bool has_password = !limits.shared_key_env.empty() || !limits.shared_key_file.empty();
  if (server && !server->user.empty() && !has_password) {
    section.fail("shared",
                 "names a user (not shown), whose password comes from shared_key_env or "
                 "shared_key_file");
  }
  if (!limits.shared_key_env.empty() && !limits.shared_key_file.empty()) {
    section.fail("shared_key_file",
                 "cannot stand beside shared_key_env: a password comes from one place");
  }
}

limits_config read_limits(yaml_section section) {
  limits_config out;
  out.rps = section.real("rps");
  out.rpm = section.real("rpm");
  out.tpm = section.real("tpm");
  out.input_tpm = section.real("input_tpm");
  out.output_tpm = section.real("output_tpm");
  if (const auto most = section.whole("concurrency")) {
    out.concurrency = static_cast<std::uint32_t>(*most);
  }
  out.share = section.real("share").value_or(out.share);
  out.shared = section.text("shared").value_or("");
  out.shared_key_env = read_key_variable(section, "shared_key_env");
  out.shared_key_file = section.text("shared_key_file").value_or("");
  out.shared_ca_file = section.text("shared_ca_file").value_or("");
  check_shared(section, out);
  for (const auto& [part, value] :
       {std::pair{"input_tpm", out.input_tpm}, {"output_tpm", out.output_tpm}}) {
    if (!out.tpm || !value || *value <= *out.tpm) continue;
    section.fail(part, fmt::format("is {}, above limits.tpm, which is {} and counts both", *value,
                                   *out.tpm));
  }
  return out;
}

// `inherited`: what holds where the endpoint says nothing.
endpoint_config read_endpoint(yaml_section& section, const endpoint_config& inherited) {
  endpoint_config out;
  out.base_url = read_base_url(section);
  out.api_key_env = read_key_variable(section);
  out.api_key_file = section.text("api_key_file").value_or("");
  out.ca_file = section.text("ca_file").value_or(inherited.ca_file);
  if (!out.api_key_env.empty() && !out.api_key_file.empty()) {
    section.fail("api_key_file", "cannot stand beside api_key_env: a key comes from one place");
  }
  if (out.base_url.empty()) out.base_url = inherited.base_url;
  if (out.api_key_env.empty() && out.api_key_file.empty()) {
    out.api_key_env = inherited.api_key_env;
    out.api_key_file = inherited.api_key_file;
  }
  out.limits = read_limits(section.section("limits"));
  return out;
}

void read_address(yaml_section& section, model_config& out) {
  if (section.has("mock")) section.fail("mock", "goes with provider mock only");
  if (out.model.empty()) section.fail("model", "is required: expected text");
  static_cast<endpoint_config&>(out) = read_endpoint(section, {});
}

// The provider's usual address, and the key that belongs there: no other gets it unasked.
void fill_defaults(yaml_section& section, model_config& model) {
  const providers::provider* const known = providers::find_provider(model.provider);
  if (!model.base_url.empty() || !known) return;
  if (known->base_url.empty()) {
    section.fail("base_url", fmt::format("is required: expected text, as provider {} is nowhere "
                                         "in particular",
                                         model.provider));
  }
  model.base_url = known->base_url;
  if (model.api_key_file.empty() && model.api_key_env.empty()) {
    model.api_key_env = known->key_variable;
  }
}

// `concurrency` is short for limits.concurrency, which most entries have and nothing else.
void read_concurrency(yaml_section& section, model_config& out) {
  const auto most = section.whole("concurrency");
  if (!most) return;
  if (out.limits.concurrency) {
    section.fail("concurrency", "cannot stand beside limits.concurrency: they are the same");
  }
  out.limits.concurrency = static_cast<std::uint32_t>(*most);
}

// The path of the provider's usual address.
std::string usual_path(const model_config& model) {
  const providers::provider* const known = providers::find_provider(model.provider);
  const auto usual = boost::urls::parse_uri(known ? known->base_url : "");
  return usual ? std::string(usual->encoded_path()) : "/v1";
}

void read_endpoints_file(yaml_section& section, model_config& out) {
  out.endpoints_file = section.text("file").value_or("");
  const auto lines = read_endpoint_lines(out.endpoints_file);
  if (!lines) return section.fail("file", "is wrong: " + lines.error().message);
  out.endpoints = endpoints_at(*lines, out);
}

// A number or an address: no name of DNS ends so (RFC 3696, section 2).
bool ends_in_number(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);
  return last.find_first_not_of("0123456789") == std::string_view::npos;
}

// "_http._tcp.vllm.example", or a base URL with such a name for its host.
void read_endpoints_srv(yaml_section& section, model_config& out) {
  std::string text = section.text("srv").value_or("");
  if (text.empty()) return;
  while (text.ends_with('/') || text.ends_with('.')) text.pop_back();
  if (text.find("://") == std::string::npos) {
    text = (text.starts_with("_https.") ? "https://" : "http://") + text + usual_path(out);
  }
  const std::string_view problem = base_url_problem(text);
  const auto url = boost::urls::parse_uri(text);
  const std::string host = url ? std::string(url->encoded_host()) : "";
  if (!problem.empty() || !io::is_service_name(host) || ends_in_number(host)) {
    return section.fail("srv",
                        "is no name of DNS, and no base URL with one for its host; expected one "
                        "as _http._tcp.vllm.default.svc.cluster.local");
  }
  if (url->has_port()) return section.fail("srv", "has a port, which its records say");
  out.endpoints_srv = host;
  out.base_url = text;
}

// Their limits are the entry's, all of them together.
void read_endpoints_elsewhere(yaml_section& section, model_config& out) {
  if (section.has("file") == section.has("srv")) {
    return section.fail("needs either a file or a srv, or is a list of endpoints");
  }
  section.has("srv") ? read_endpoints_srv(section, out) : read_endpoints_file(section, out);
}

void read_endpoints(yaml_section& section, model_config& out) {
  if (section.is_map("endpoints")) {
    yaml_section of = section.section("endpoints");
    if (section.has("base_url")) section.fail("base_url", "cannot stand beside endpoints");
    return read_endpoints_elsewhere(of, out);
  }
  for (std::string_view key : {"concurrency", "limits"}) {
    if (section.has("endpoints") && section.has(key)) {
      section.fail(key, "cannot stand beside endpoints: each of them has limits of its own");
    }
  }
  if (section.has("endpoints") && section.sections("endpoints").empty()) {
    section.fail("endpoints", "is empty; expected at least one endpoint");
  }
  for (yaml_section& one : section.sections("endpoints")) {
    out.endpoints.push_back(read_endpoint(one, out));
    if (out.endpoints.back().base_url.empty()) one.fail("base_url", "is required: expected text");
  }
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return name.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_header_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 127; });
}

std::string in_lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Headers that say where a message ends, what becomes of its connection, or how its body is
// written: a second of them is read by one server so and by another otherwise (RFC 9112, section
// 11).
bool frames_requests(const std::string& name) {
  static constexpr std::string_view framing[] = {"accept-encoding",
                                                 "connection",
                                                 "content-encoding",
                                                 "content-length",
                                                 "content-type",
                                                 "expect",
                                                 "host",
                                                 "http2-settings",
                                                 "keep-alive",
                                                 "proxy-connection",
                                                 "te",
                                                 "trailer",
                                                 "transfer-encoding",
                                                 "upgrade"};
  return std::find(std::begin(framing), std::end(framing), in_lower_case(name)) !=
         std::end(framing);
}

// Headers of these names carry secrets: they would stand in the config and in what check shows.
bool may_hold_key(std::string name) {
  name = in_lower_case(std::move(name));
  for (const std::string_view word : {"auth", "key", "token", "secret", "cookie"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

std::map<std::string, std::string> read_headers(yaml_section& section) {
  auto headers = section.options("headers");
  for (const auto& [name, value] : headers) {
    if (!is_header_name(name) || !is_header_value(value)) {
      section.fail("headers", fmt::format("has a line that is no header: {}", name));
    } else if (may_hold_key(name)) {
      section.fail("headers", fmt::format("has {}, which may hold a key; use api_key_env", name));
    } else if (frames_requests(name)) {
      section.fail("headers", fmt::format("has {}, which frames the request: retort sets what it "
                                          "needs of those itself",
                                          name));
    }
  }
  return headers;
}

// Writing to Anthropic's cache for five minutes costs a quarter more than input
// (pydantic/genai-prices 47df840a).
price read_price(yaml_section section, std::string_view provider) {
  price out;
  out.input = section.real("input").value_or(0);
  out.cached = section.real("cached").value_or(out.input);
  out.cache_write =
      section.real("cache_write").value_or(out.input * (provider == "anthropic" ? 1.25 : 1));
  out.output = section.real("output").value_or(0);
  if (!section.has("input") || !section.has("output")) section.fail("needs both input and output");
  return out;
}

std::string names_with_batch() {
  std::string out = "mock";
  for (std::string_view name : providers::known_dialects()) {
    if (providers::find_provider(name)->batch) out.append(", ").append(name);
  }
  return out;
}

void check_batch(yaml_section& section, const model_config& model) {
  const auto* known = providers::find_provider(model.provider);
  if (known && !known->batch) {
    section.fail("mode", fmt::format("is batch, which provider {} does not have here; those that "
                                     "do: {}",
                                     model.provider, names_with_batch()));
  }
  if (!model.endpoints.empty() || has_changing_endpoints(model)) {
    section.fail("endpoints", "does not go with mode: batch");
  }
  if (model.serve) section.fail("serve", "does not go with mode: batch");
  if (model.stream) section.fail("stream", "does not go with mode: batch");
  if (model.limits.states_quota()) {
    section.fail("limits",
                 "has quotas, which do not count for mode: batch; limits.concurrency is "
                 "how many batches may be under way");
  }
}

constexpr std::uintmax_t most_endpoint_bytes = 4 << 20;
constexpr std::uint32_t most_replicas = 1024;
constexpr double served_startup_s = 900;  // a large model is minutes on its way from a shared disk

std::uint32_t read_replicas(yaml_section& section) {
  const std::string text = section.text("replicas").value_or("auto");
  if (text == "auto") return 0;
  std::uint32_t number = 0;
  const auto end = text.data() + text.size();
  const auto [behind, problem] = std::from_chars(text.data(), end, number);
  const bool is_number = problem == std::errc() && behind == end;
  if (is_number && number >= 1 && number <= most_replicas) return number;
  section.fail("replicas", fmt::format("is \"{}\"; expected auto or a whole number from 1 to {}",
                                       io::one_line(text, 40), most_replicas));
  return 0;
}

serve_config read_serve(yaml_section section) {
  serve_config out;
  out.command = section.text("command").value_or("");
  out.ready = section.text("ready").value_or("/health");
  out.replicas = read_replicas(section);
  out.gpus = static_cast<std::uint32_t>(section.whole("gpus").value_or(0));
  if (!out.command.empty() && out.command.find("{port}") == std::string::npos) {
    section.fail("command", "has no {port}: the server would not know where it is asked");
  }
  const bool is_path = out.ready.starts_with('/') &&
                       std::ranges::all_of(out.ready, [](char c) { return c > ' ' && c < 127; });
  if (!is_path) section.fail("ready", "is no path of a URL; expected one as /health");
  return out;
}

// Where its servers will be, but for the ports, which they get when they start.
std::string base_of_served(const model_config& model) {
  return "http://127.0.0.1" + usual_path(model);
}

void read_served(yaml_section& section, model_config& out) {
  if (!section.has("serve")) return;
  for (std::string_view key : {"base_url", "endpoints", "ca_file"}) {
    if (section.has(key)) {
      section.fail(key, "cannot stand beside serve, whose servers are where they are started");
    }
  }
  out.serve = read_serve(section.section("serve"));
  out.base_url = base_of_served(out);
  if (!section.has("startup_s")) out.startup_s = served_startup_s;
  if (!out.limits.shared.empty()) {
    section.fail("serve", "does not go with limits.shared: nobody else asks its servers");
  }
}

model_config read_common(yaml_section& section) {
  model_config out;
  out.provider = section.text("provider").value_or("");
  const bool is_mock = out.provider == "mock";
  out.model = section.text("model").value_or(is_mock ? "mock" : "");
  out.timeout_s = section.real("timeout_s").value_or(out.timeout_s);
  out.startup_s = section.real("startup_s").value_or(out.startup_s);
  out.stream = section.flag("stream").value_or(out.stream);
  out.mock = section.options("mock");
  out.headers = read_headers(section);
  if (is_mock) {
    check_mock(section);
    out.limits = read_limits(section.section("limits"));
  } else {
    read_address(section, out);
  }
  read_concurrency(section, out);
  if (!is_mock) read_served(section, out);
  if (!is_mock && !section.has("endpoints")) fill_defaults(section, out);
  if (section.has("price")) out.price = read_price(section.section("price"), out.provider);
  return out;
}

model_config read_model(yaml_section& section) {
  model_config out = read_common(section);
  out.batch = section.text("mode") == "batch";
  read_endpoints(section, out);
  if (out.batch) check_batch(section, out);
  return out;
}

// Those that no other step has brought.
void add_entries(const config& one, std::uint32_t step, std::vector<model_entry>& out) {
  const std::string own = fmt::format("steps[{}].", step);
  const std::string_view of_models = one.has_own_models ? own : std::string_view();
  const std::string_view of_judges = one.has_own_evaluate ? own : std::string_view();
  const bool brings_models = one.models_at == out.size();
  for (std::size_t i = 0; brings_models && i < one.models.size(); ++i) {
    out.push_back({&one.models[i], nullptr, fmt::format("{}models[{}]", of_models, i)});
  }
  if (first_judge(one) != out.size()) return;
  for (const judge_config& judge : one.judges) {
    out.push_back({&judge.model, &judge.sampling,
                   fmt::format("{}evaluate[{}].judge.model", of_judges, judge.evaluator)});
  }
}

}  // namespace

std::span<const endpoint_config> endpoints_of(const model_config& model) {
  if (model.endpoints.empty()) return {static_cast<const endpoint_config*>(&model), 1};
  return model.endpoints;
}

std::span<const endpoint_config> limits_of(const model_config& model) {
  if (has_changing_endpoints(model)) return {static_cast<const endpoint_config*>(&model), 1};
  return endpoints_of(model);
}

std::vector<std::string> service_urls(std::span<const io::service_place> places,
                                      std::string_view like) {
  const std::size_t host = like.find("://") + 3;
  const std::string_view path = like.substr(std::min(like.find('/', host), like.size()));
  std::vector<std::string> out;
  for (const io::service_place& one : places) {
    out.push_back(fmt::format("{}{}:{}{}", like.substr(0, host), one.host, one.port, path));
  }
  return out;
}

std::vector<endpoint_config> endpoints_at(std::span<const std::string> urls,
                                          const model_config& like) {
  std::vector<endpoint_config> out;
  for (const std::string& url : urls) {
    endpoint_config one = like;
    one.base_url = url;
    one.limits = {.share = like.limits.share, .parties = like.limits.parties};
    out.push_back(std::move(one));
  }
  return out;
}

result<std::vector<std::string>> read_endpoint_lines(const std::string& path) {
  const auto found = io::look_for(path);
  if (!found) return found.error();
  if (!*found || !S_ISREG((*found)->st_mode)) {
    return error{errc::unreadable, path + " is no file that is there"};
  }
  if (static_cast<std::uint64_t>((*found)->st_size) > most_endpoint_bytes) {
    return error{errc::usage, path + " is too large for a list of endpoints"};
  }
  const auto text = io::read_file(path);
  if (!text) return text.error();
  return parse_endpoint_lines(*text, path);
}

model_config read_judge_model(yaml_section section) { return read_common(section); }

std::vector<model_entry> model_entries(const config& run) {
  std::vector<model_entry> out;
  out.reserve(run.models.size() + run.judges.size());
  add_entries(run, last_step(run), out);
  for (std::uint32_t step = 0; step < last_step(run); ++step) {
    add_entries(run.earlier[step], step, out);
  }
  return out;
}

std::vector<model_config> read_models(yaml_section& root) {
  std::vector<model_config> out;
  for (yaml_section& model : root.sections("models")) out.push_back(read_model(model));
  if (out.empty()) root.fail("models", "is required: expected a list of at least one model");
  return out;
}

}  // namespace retort::engine
