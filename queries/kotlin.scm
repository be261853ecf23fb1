; What the node kinds of tree-sitter-kotlin-ng mean to msgmap, one kind a line.
; src/language/kotlin/ reads the roles; what a kind needs beyond its role stands there.

; Expressions
(call_expression) @call
(navigation_expression) @member
(callable_reference) @path
(index_expression) @index
(identifier) @name
(string_literal) @template
(multiline_string_literal) @template
(character_literal) @text
(number_literal) @number
(float_literal) @number
(this_expression) @this
(super_expression) @super
(lambda_literal) @lambda
(anonymous_function) @lambda
(object_literal) @object
(collection_literal) @list
(parenthesized_expression) @transparent
(as_expression) @transparent
(annotated_expression) @transparent
(labeled_expression) @transparent
(if_expression) @conditional
(when_expression) @match
(binary_expression) @binary
(infix_expression) @binary
(spread_expression) @spread
(annotation) @attribute

; Declarations
(class_declaration) @class
(object_declaration) @module
(companion_object) @extension
(function_declaration) @function
(secondary_constructor) @method
(property_declaration) @field
(type_alias) @alias
(import) @import

; Statements
(assignment) @assignment
(return_expression) @return
(for_statement) @loop
(block) @block
(catch_block) @with

(package_header) @skip
(line_comment) @skip
(block_comment) @skip
(modifiers) @skip
