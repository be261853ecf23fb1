//! Project files of .NET: what is built, from which projects, and what all of
//! its files use.

use roxmltree::{Document, Node};

/// What is read of a `.csproj` or `Directory.Build.props`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectFile {
    /// Whether it runs by itself: an `Exe`, a web application, a worker.
    pub runs: bool,
    /// Paths of the projects it refers to, relative to its folder, with `/`.
    pub references: Vec<String>,
    /// Namespaces that all of its files use.
    pub usings: Vec<String>,
    /// Whether it only holds tests.
    pub is_test: bool,
}

/// Reads a project file.
///
/// # Errors
/// A sentence that says where the XML is malformed.
pub fn project_file(text: &str) -> Result<ProjectFile, String> {
    let document = Document::parse(text.trim_start_matches('\u{feff}'))
        .map_err(|e| format!("not a valid project file: {e}"))?;
    let root = document.root_element();
    // Source: <https://learn.microsoft.com/dotnet/core/project-sdk/overview#available-sdks>.
    let sdk = root.attribute("Sdk").unwrap_or("");
    let mut found = ProjectFile {
        runs: [".Web", ".Worker", ".BlazorWebAssembly"]
            .iter()
            .any(|kind| sdk.ends_with(kind)),
        ..ProjectFile::default()
    };
    for node in root.descendants().filter(Node::is_element) {
        let text = || node.text().unwrap_or("").trim();
        let include = node.attribute("Include");
        match (node.tag_name().name(), include) {
            ("OutputType", _) => found.runs |= matches!(text(), "Exe" | "WinExe"),
            ("AzureFunctionsVersion", _) => found.runs = true,
            ("IsTestProject", _) => found.is_test |= text() == "true",
            ("PackageReference", Some("Microsoft.NET.Test.Sdk")) => found.is_test = true,
            ("ProjectReference", Some(path)) => found.references.push(path.replace('\\', "/")),
            ("Using", Some(namespace)) if node.attribute("Alias").is_none() => {
                found.usings.push(namespace.to_owned());
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::project_file;

    #[test]
    fn a_project_says_what_it_is_made_of() {
        let found = project_file(
            r#"<Project Sdk="Microsoft.NET.Sdk">
                <PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>
                <ItemGroup>
                  <ProjectReference Include="..\Shared\Shared.csproj" />
                  <Using Include="Shop.Events" />
                </ItemGroup>
              </Project>"#,
        )
        .expect("XML");
        assert!(found.runs && !found.is_test);
        assert_eq!(found.references, ["../Shared/Shared.csproj"]);
        assert_eq!(found.usings, ["Shop.Events"]);
        assert!(project_file("<Project>").is_err());
    }
}
