#include "io/base/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace retort::io {
namespace {

namespace ip = boost::asio::ip;

error bad(std::string_view why) { return {errc::usage, fmt::format("{}", why)}; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string_view without_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

std::optional<ip::address> address_of(std::string_view text) {
  boost::system::error_code none;
  const auto out = ip::make_address(text, none);
  return none ? std::nullopt : std::optional(out);
}

// The networks of that prefix in which two addresses lie are the same.
bool are_in_one(const ip::address& one, const ip::address& other, unsigned short prefix) {
  if (one.is_v4() != other.is_v4() || prefix > (one.is_v4() ? 32 : 128)) return false;
  if (one.is_v4()) {
    return ip::network_v4(one.to_v4(), prefix).canonical() ==
           ip::network_v4(other.to_v4(), prefix).canonical();
  }
  return ip::network_v6(one.to_v6(), prefix).canonical() ==
         ip::network_v6(other.to_v6(), prefix).canonical();
}

template <class Number>
std::optional<Number> number_of(std::string_view digits) {
  Number out = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  const bool is_number = wrong == std::errc() && end == digits.data() + digits.size();
  return is_number ? std::optional(out) : std::nullopt;
}

// `entry` is a name, an address or a network.
bool covers_host(std::string_view entry, const std::string& host) {
  const auto own = address_of(host);
  const auto slash = entry.find('/');
  const auto network = address_of(entry.substr(0, slash));
  if (own && network && slash == std::string_view::npos) return *own == *network;
  if (slash != std::string_view::npos) {
    const auto prefix = number_of<unsigned short>(entry.substr(slash + 1));
    return own && network && prefix && are_in_one(*own, *network, *prefix);
  }
  if (own) return false;
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  const std::string_view domain = without_dot(entry), name = without_dot(host);
  if (domain.empty() || !name.ends_with(domain)) return false;
  return name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.';
}

// `entry` is one of NO_PROXY's, in lower case.
bool covers(std::string_view entry, const url& target) {
  if (entry == "*") return true;
  const bool in_brackets = entry.starts_with('[');
  const auto colon = entry.rfind(':');
  const bool has_port = in_brackets ? entry.rfind("]:") + 1 == colon && colon > 0
                                    : colon == entry.find(':') && colon != entry.npos;
  if (has_port) {
    if (number_of<std::uint16_t>(entry.substr(colon + 1)) != target.port) return false;
    entry = entry.substr(0, colon);
  }
  if (in_brackets && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  return covers_host(entry, target.host);
}

bool in_no_proxy(std::string_view list, const url& target) {
  static constexpr std::string_view between = ", \t";
  const std::string entries = lower(list);
  for (std::size_t at = 0; (at = entries.find_first_not_of(between, at)) != entries.npos;) {
    const auto end = std::min(entries.find_first_of(between, at), entries.size());
    if (covers(std::string_view(entries).substr(at, end - at), target)) return true;
    at = end;
  }
  return false;
}

bool is_loopback(const std::string& host) {
  const auto address = address_of(host);
  return without_dot(host) == "localhost" || (address && address->is_loopback());
}

const char* either(const environment& get, const char* upper, const char* lower) {
  const char* value = get(upper);
  return value && *value ? value : get(lower);
}

// The library's own reading of a port wraps at 65536.
std::optional<std::uint16_t> port_of(const boost::urls::url_view& of, std::uint16_t usual) {
  if (!of.has_port()) return usual;
  const auto port = number_of<std::uint16_t>(std::string(of.port()));
  return port != 0 ? port : std::nullopt;
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

std::string url::text() const {
  return fmt::format("{}://{}{}", tls ? "https" : "http", host_field(), path);
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

std::string one_spelling(std::string_view base_url) {
  auto of = parse_url(base_url);
  if (!of) return std::string(base_url);
  const auto address = address_of(of->host);
  of->host = address ? address->to_string() : std::string(without_dot(of->host));
  return of->text();
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
