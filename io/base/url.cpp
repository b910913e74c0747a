#include "io/base/url.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace retort::io {
namespace {

error bad(std::string_view why) { return {errc::usage, fmt::format("{}", why)}; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool ends_with_domain(std::string_view host, std::string_view domain) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

// `entry` is one of NO_PROXY's, between commas.
bool covers(std::string_view entry, const url& target) {
  const auto first = entry.find_first_not_of(" \t");
  if (first == std::string_view::npos) return false;
  const auto last = entry.find_last_not_of(" \t");
  const std::string name = lower(entry.substr(first, last - first + 1));
  return name == "*" || name == target.authority() || ends_with_domain(target.host, name);
}

bool in_no_proxy(std::string_view list, const url& target) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (covers(list.substr(0, comma), target)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

bool is_loopback(const std::string& host) {
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  return host == "localhost" || (!ec && address.is_loopback());
}

const char* either(const environment& get, const char* upper, const char* lower) {
  const char* value = get(upper);
  return value && *value ? value : get(lower);
}

// The library's own reading of a port wraps at 65536.
std::optional<std::uint16_t> port_of(const boost::urls::url_view& of, std::uint16_t usual) {
  if (!of.has_port()) return usual;
  const std::string digits(of.port());
  std::uint16_t port = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_port = wrong == std::errc() && end == digits.data() + digits.size() && port != 0;
  return is_port ? std::optional(port) : std::nullopt;
}

}  // namespace

std::string url::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string url::host_field() const {
  if (port != (tls ? 443 : 80)) return authority();
  return host.find(':') != std::string::npos ? fmt::format("[{}]", host) : host;
}

result<url> parse_url(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(boost::urls::string_view(text.data(), text.size()));
  if (!parsed) return bad("is not a URL; expected https://host[:port][/path]");
  const boost::urls::url_view view = *parsed;
  url out;
  out.tls = view.scheme_id() == boost::urls::scheme::https;
  if (!out.tls && view.scheme_id() != boost::urls::scheme::http) {
    return bad("must begin with https:// or http://");
  }
  out.host = lower(view.host_address());
  if (out.host.empty()) return bad("has no host; expected https://host[:port][/path]");
  if (view.has_query() || view.has_fragment()) return bad("must have no query and no fragment");
  const auto port = port_of(view, out.tls ? 443 : 80);
  if (!port) return bad("has an impossible port");
  out.port = *port;
  out.path = std::string(view.encoded_path());
  while (out.path.ends_with('/')) out.path.pop_back();
  if (view.has_userinfo()) out.userinfo = view.userinfo();
  return out;
}

result<std::optional<url>> find_proxy(const url& target, const environment& get) {
  const char* value = either(get, "HTTPS_PROXY", "https_proxy");
  if (!target.tls || !value || !*value || is_loopback(target.host)) return std::optional<url>();
  const char* exceptions = either(get, "NO_PROXY", "no_proxy");
  if (exceptions && in_no_proxy(exceptions, target)) return std::optional<url>();
  std::string text = value;
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  auto proxy = parse_url(text);
  if (!proxy) return error{errc::usage, "HTTPS_PROXY " + proxy.error().message};
  if (proxy->tls) return error{errc::usage, "HTTPS_PROXY must begin with http:// (CONNECT)"};
  return std::optional<url>(std::move(*proxy));
}

}  // namespace retort::io
