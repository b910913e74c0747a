#include "io/base/url.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace retort;
using io::parse_url;
using io::url;

namespace {

io::environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> const char* {
    const auto at = values.find(name);
    return at == values.end() ? nullptr : at->second.c_str();
  };
}

// "host:port" of the proxy, "none", or the error's message.
std::string proxy_for(const std::string& target, std::map<std::string, std::string> values) {
  const auto found = find_proxy(parse_url(target).value(), variables(std::move(values)));
  if (!found) return found.error().message;
  return *found ? (*found)->authority() : "none";
}

}  // namespace

TEST_CASE("a URL is taken apart") {
  struct {
    std::string text;
    bool tls;
    std::string host;
    int port;
    std::string path, authority, host_field;
  } const table[] = {
      {"https://api.example.com", true, "api.example.com", 443, "", "api.example.com:443",
       "api.example.com"},
      {"https://api.example.com/v1", true, "api.example.com", 443, "/v1", "api.example.com:443",
       "api.example.com"},
      {"https://api.example.com/v1///", true, "api.example.com", 443, "/v1", "api.example.com:443",
       "api.example.com"},
      {"https://h:8443/a/b", true, "h", 8443, "/a/b", "h:8443", "h:8443"},
      {"http://localhost:11434/v1", false, "localhost", 11434, "/v1", "localhost:11434",
       "localhost:11434"},
      {"http://h", false, "h", 80, "", "h:80", "h"},
      {"http://h:443", false, "h", 443, "", "h:443", "h:443"},
      {"https://h:80", true, "h", 80, "", "h:80", "h:80"},
      {"https://h:443", true, "h", 443, "", "h:443", "h"},
      {"https://127.0.0.1:1/", true, "127.0.0.1", 1, "", "127.0.0.1:1", "127.0.0.1:1"},
      {"https://[::1]:65535/v1", true, "::1", 65535, "/v1", "[::1]:65535", "[::1]:65535"},
      {"https://[2001:db8::1]", true, "2001:db8::1", 443, "", "[2001:db8::1]:443", "[2001:db8::1]"},
      {"HTTPS://API.Example.COM/V1", true, "api.example.com", 443, "/V1", "api.example.com:443",
       "api.example.com"},
      {"https://h/a%20b", true, "h", 443, "/a%20b", "h:443", "h"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto got = parse_url(row.text);
    REQUIRE(got.has_value());
    CHECK(got->tls == row.tls);
    CHECK(got->host == row.host);
    CHECK(got->port == row.port);
    CHECK(got->path == row.path);
    CHECK(got->authority() == row.authority);
    CHECK(got->host_field() == row.host_field);
    CHECK(got->userinfo.empty());
  }
}

TEST_CASE("what is no usable URL is an error that says why") {
  struct {
    std::string text, why;
  } const table[] = {
      {"", "is not a URL; expected https://host[:port][/path]"},
      {"api.example.com", "is not a URL; expected https://host[:port][/path]"},
      {"/v1", "is not a URL; expected https://host[:port][/path]"},
      {"https://a b/", "is not a URL; expected https://host[:port][/path]"},
      {"https://[::1/", "is not a URL; expected https://host[:port][/path]"},
      {"localhost:8000/v1", "must begin with https:// or http://"},
      {"ftp://h/", "must begin with https:// or http://"},
      {"https:///v1", "has no host; expected https://host[:port][/path]"},
      {"https:v1", "has no host; expected https://host[:port][/path]"},
      {"https://:8000/", "has no host; expected https://host[:port][/path]"},
      {"https://h:port/", "has an impossible port"},
      {"https://h:0/", "has an impossible port"},
      {"https://h:65536/", "has an impossible port"},
      {"https://h:84086/", "has an impossible port"},  // 18550 in 16 bits
      {"https://h:131072443/", "has an impossible port"},
      {"https://h:99999999999/", "has an impossible port"},
      {"https://h/v1?key=secret", "must have no query and no fragment"},
      {"https://h/v1#top", "must have no query and no fragment"},
  };
  for (const auto& [text, why] : table) {
    CAPTURE(text);
    const auto got = parse_url(text);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::usage);
    CHECK(got.error().message == why);
  }
}

TEST_CASE("one place has one spelling, which is that of a plain URL") {
  for (const char* plain :
       {"http://h", "https://api.example.com/v1", "http://127.0.0.1:8000/v1", "http://[::1]:8000",
        "https://h:80//v1", "http://h:443/V1", "https://h/a%20b", "", "mock", "models[0] 1"}) {
    CHECK(io::one_spelling(plain) == plain);
  }
  const std::pair<const char*, const char*> table[] = {
      {"HTTP://LOCALHOST:9001/v1", "http://localhost:9001/v1"},
      {"http://localhost:9001/v1//", "http://localhost:9001/v1"},
      {"https://Api.Example.com.:443/v1/", "https://api.example.com/v1"},
      {"http://h.:80/", "http://h"},
      {"http://h:0080", "http://h"},
      {"http://l%6Fcalhost/v1", "http://localhost/v1"},
      {"http://[0:0:0:0:0:0:0:1]:80/v1", "http://[::1]/v1"},
  };
  for (const auto& [text, spelt] : table) CHECK(io::one_spelling(text) == spelt);
}

TEST_CASE("a URL's user and password are decoded and in no message") {
  CHECK(parse_url("http://me:p%40ss@proxy:3128").value().userinfo == "me:p@ss");
  CHECK(parse_url("http://me@proxy").value().userinfo == "me");
  for (const char* text : {"http://me:secret@", "ftp://me:secret@h", "http://me:secret@h:0",
                           "http://me:secret@h?q", "http://me:secret@a b"}) {
    CAPTURE(text);
    const auto got = parse_url(text);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("the proxy of an https target comes from the environment") {
  const std::string target = "https://api.example.com/v1";
  CHECK(proxy_for(target, {}) == "none");
  CHECK(proxy_for(target, {{"HTTPS_PROXY", ""}}) == "none");
  CHECK(proxy_for(target, {{"HTTPS_PROXY", "http://proxy:3128"}}) == "proxy:3128");
  CHECK(proxy_for(target, {{"https_proxy", "http://proxy:3128"}}) == "proxy:3128");
  CHECK(proxy_for(target, {{"HTTPS_PROXY", "http://a:1"}, {"https_proxy", "http://b:2"}}) == "a:1");
  CHECK(proxy_for(target, {{"HTTPS_PROXY", ""}, {"https_proxy", "http://b:2"}}) == "b:2");
  CHECK(proxy_for(target, {{"HTTPS_PROXY", "proxy:3128"}}) == "proxy:3128");
  CHECK(proxy_for(target, {{"HTTPS_PROXY", "proxy"}}) == "proxy:80");
  CHECK(proxy_for(target, {{"HTTP_PROXY", "http://proxy:3128"}}) == "none");
}

TEST_CASE("there is no proxy for plain http and for loopback") {
  const std::map<std::string, std::string> set = {{"HTTPS_PROXY", "http://proxy:3128"}};
  CHECK(proxy_for("http://api.example.com", set) == "none");
  CHECK(proxy_for("https://localhost:8000", set) == "none");
  CHECK(proxy_for("https://LOCALHOST", set) == "none");
  CHECK(proxy_for("https://127.0.0.1", set) == "none");
  CHECK(proxy_for("https://127.9.9.9", set) == "none");
  CHECK(proxy_for("https://[::1]", set) == "none");
  CHECK(proxy_for("https://128.0.0.1", set) == "proxy:3128");
  CHECK(proxy_for("https://localhost.example.com", set) == "proxy:3128");
}

TEST_CASE("NO_PROXY excepts hosts, their subdomains and single ports") {
  struct {
    std::string list, target;
    bool excepted;
  } const table[] = {
      {"", "https://example.com", false},
      {"*", "https://example.com", true},
      {"example.com", "https://example.com", true},
      {"example.com", "https://api.example.com", true},
      {".example.com", "https://api.example.com", true},
      {".example.com", "https://example.com", true},
      {"example.com", "https://badexample.com", false},
      {"example.com", "https://example.com.evil.org", false},
      {"api.example.com", "https://example.com", false},
      {"EXAMPLE.com", "https://api.Example.COM", true},
      {"example.com:443", "https://example.com", true},
      {"example.com:8443", "https://example.com", false},
      {"example.com:8443", "https://example.com:8443", true},
      {"a.org, example.com ,b.org", "https://example.com", true},
      {"a.org,\texample.com", "https://example.com", true},
      {"a.org,b.org", "https://example.com", false},
      {",, ,", "https://example.com", false},
      {"10.1.2.3", "https://10.1.2.3", true},
      {"[2001:db8::1]:443", "https://[2001:db8::1]", true},
      {"2001:db8::1", "https://[2001:db8::1]", true},
      {"[2001:db8::1]", "https://[2001:db8::1]:8443", true},
      {"[2001:db8::1]:443", "https://[2001:db8::1]:8443", false},
      {"2001:DB8:0:0::0:1", "https://[2001:db8::1]", true},
      {"2001:db8::2", "https://[2001:db8::1]", false},
      {"2001:db8::/32", "https://[2001:db8:7::1]", true},
      {"fd00::/8", "https://[fdff::1]", true},
      {"fd00::/8", "https://[2001:db8::1]", false},
      {"[fd00::]/8", "https://[fdff::1]", false},  // nobody writes that
      {"10.0.0.0/8", "https://10.200.3.4", true},
      {"10.1.2.3/8", "https://10.200.3.4", true},
      {"10.0.0.0/8", "https://11.0.0.1", false},
      {"10.0.0.0/8", "https://[fdff::1]", false},
      {"0.0.0.0/0", "https://10.0.0.1", true},
      {"0.0.0.0/0", "https://example.com", false},
      {"10.0.0.0/33", "https://10.0.0.1", false},
      {"10.0.0.0/", "https://10.0.0.1", false},
      {"10.0.0.0/8x", "https://10.0.0.1", false},
      {"0.0.1", "https://10.0.0.1", false},
      {"10.1.2.3:8443", "https://10.1.2.3:8443", true},
      {"10.1.2.3:8443", "https://10.1.2.3", false},
      {"*.example.com", "https://api.example.com", true},
      {"*.example.com", "https://badexample.com", false},
      {".example.com:8443", "https://api.example.com:8443", true},
      {".example.com:8443", "https://api.example.com", false},
      {"*.example.com:443", "https://api.example.com", true},
      {"example.com.", "https://api.example.com", true},
      {"example.com", "https://api.example.com.", true},
      {".example.com.", "https://example.com.", true},
      {"a.org example.com", "https://example.com", true},
      {".", "https://example.com", false},
      {"*.", "https://example.com", false},
      {":443", "https://example.com", false},
      {"[", "https://example.com", false},
      {"]:443", "https://example.com", false},
      {"[]", "https://example.com", false},
      {"example.com:", "https://example.com", false},
  };
  for (const auto& [list, target, excepted] : table) {
    CAPTURE(list);
    CAPTURE(target);
    for (const char* name : {"NO_PROXY", "no_proxy"}) {
      const auto got = proxy_for(target, {{"HTTPS_PROXY", "http://proxy:3128"}, {name, list}});
      CHECK(got == (excepted ? "none" : "proxy:3128"));
    }
  }
}

TEST_CASE("a proxy that cannot be used is a usage error without its password") {
  const std::string target = "https://api.example.com";
  CHECK(proxy_for(target, {{"HTTPS_PROXY", "https://me:secret@proxy"}}) ==
        "HTTPS_PROXY must begin with http:// (CONNECT)");
  CHECK(proxy_for(target, {{"HTTPS_PROXY", "socks5://me:secret@proxy"}}) ==
        "HTTPS_PROXY must begin with https:// or http://");
  CHECK(proxy_for(target, {{"HTTPS_PROXY", "me:secret@a b"}}) ==
        "HTTPS_PROXY is not a URL; expected https://host[:port][/path]");
  const auto proxy = io::find_proxy(parse_url(target).value(),
                                    variables({{"HTTPS_PROXY", "http://me:p%3Aq@proxy:1"}}));
  CHECK(proxy.value().value().userinfo == "me:p:q");
}
