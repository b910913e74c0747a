#include "engine/config/config_extends.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "engine/text/shown_text.hpp"
#include "io/base/disk_error.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;
using kind = yaml_node::kind;

// Longer chains are a mistake.
constexpr std::size_t most_bases = 16;

void remove(yaml_node& from, std::string_view name) {
  std::erase_if(from.children, [&](const yaml_node& one) { return one.key == name; });
}

// `over` takes the place of what it has, of the rest `base` stays.
yaml_node joined(yaml_node base, yaml_node over) {
  if (base.type != kind::map || over.type != kind::map) return over;
  base.where = over.where;
  base.key_where = over.key_where;
  for (yaml_node& one : over.children) {
    if (yaml_node* const before = base.child(one.key)) {
      *before = joined(std::move(*before), std::move(one));
    } else {
      base.children.push_back(std::move(one));
    }
  }
  return base;
}

error at(const yaml_node& node, const std::string& what) {
  return {errc::usage, fmt::format("{}: extends {}", node.where, what)};
}

// One file after the other, each of which the one before extends.
class chain {
 public:
  explicit chain(const std::string& file) { files_.push_back(file); }

  result<yaml_node> follow(yaml_node config) {
    const yaml_node* const named = config.child("extends");
    if (!named) return config;
    auto base = read_base(*named);
    if (!base) return base.error();
    remove(config, "extends");
    remove(*base, "run");
    remove(*base, "run_dir");
    return joined(std::move(*base), std::move(config));
  }

 private:
  result<yaml_node> read_base(const yaml_node& named) {
    if (named.type != kind::text || named.text.empty())
      return at(named, "needs the path of another config, as base.yaml");
    const std::string path =
        (fs::path(files_.back()).parent_path() / named.text).lexically_normal().string();
    if (is_known(path)) return at(named, fmt::format("{}, which goes on from it", shown(path)));
    if (files_.size() > most_bases) return at(named, "more than 16 configs in a row");
    auto text = read_config_file(path);
    if (!text)
      return error{text.error().code,
                   fmt::format("{}: extends {}", named.where, text.error().message)};
    auto base = parse_yaml(*text, path);
    if (!base) return base;
    if (base->type != kind::map)
      return at(named, fmt::format("{}, which is no map of keys", shown(path)));
    files_.push_back(path);
    return follow(std::move(*base));
  }

  bool is_known(const std::string& path) const {
    return std::ranges::any_of(files_, [&](const std::string& one) {
      std::error_code failed;
      return fs::path(one).lexically_normal().string() == path || fs::equivalent(one, path, failed);
    });
  }

  std::vector<std::string> files_;
};

// Why a file could not be read goes by errno.
error unreadable(const std::string& file) {
  return {io::disk_code(errno, errc::usage),
          fmt::format("{}: cannot be read: {}", file, std::strerror(errno))};
}

}  // namespace

result<std::string> read_config_file(const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"),
                                                           std::fclose);
  if (!in) return unreadable(file);
  std::string text(max_yaml_bytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), in.get()));
  if (std::ferror(in.get())) return unreadable(file);
  return text;
}

result<yaml_node> with_bases(yaml_node config, const std::string& file) {
  return chain(file).follow(std::move(config));
}

}  // namespace retort::engine
