#include "app/serve/page_files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/assets.hpp"
#include "app/output/page_template.hpp"
#include "core/base/atomic_file.hpp"

namespace saccade::app {
namespace {

/// Escapes text for an HTML attribute.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&' || c == '"' || c == '<' || c == '>') {
      result += fmt::format("&#{};", static_cast<int>(c));
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

PageFiles page_files(const std::vector<std::string>& models, bool needs_token) {
  const auto part = [](const char* name) { return read_file(asset(std::string("page/") + name)); };
  PageFiles files{page_with_parts("serve.html"), part("style.css") + part("captions.css") + part("serve.css"),
                  "\"use strict\";\n" + part("maps.js") + part("captions.js") + part("serve.js")};
  const std::string names = nlohmann::json(models).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  const std::string body =
      fmt::format("<body data-models=\"{}\" data-token=\"{}\">", escaped(names), needs_token ? "required" : "none");
  files.html.replace(files.html.find("<body>"), std::string_view("<body>").size(), body);
  return files;
}

}  // namespace saccade::app
