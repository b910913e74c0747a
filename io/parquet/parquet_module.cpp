#include "io/parquet/parquet_module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "io/base/one_line.hpp"

namespace retort::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_name = "retort_parquet.so";
constexpr const char* how_to_get_it =
    "Parquet is off in this build of retort; the wheel brings it (pip install "
    "'retort-VERSION-....whl[parquet]'), and tools/quickstart builds it in where Apache Arrow is "
    "installed or a Python registry can be reached";

error off(const std::string& why) {
  return {errc::usage, fmt::format("{} ({})", how_to_get_it, one_line(why, 300))};
}

std::string found_file() {
  std::error_code ec;
  const fs::path program = fs::read_symlink("/proc/self/exe", ec).parent_path();
  for (const auto& place : {program, program.parent_path() / "lib" / "retort"}) {
    if (fs::exists(place / file_name, ec)) return (place / file_name).string();
  }
  return {};
}

result<const parquet_module*> load() {
  const std::string path = found_file();
  if (path.empty()) return off(fmt::format("there is no {}", file_name));
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return off(::dlerror());
  const auto entry = reinterpret_cast<parquet_entry_type>(::dlsym(library, parquet_entry));
  if (!entry) return off(path + " is of another version");
  return entry();
}

}  // namespace

result<const parquet_module*> load_parquet_module() {
  static const auto loaded = load();
  return loaded;
}

}  // namespace retort::io
