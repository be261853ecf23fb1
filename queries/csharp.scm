; What the node kinds of tree-sitter-c-sharp mean to msgmap, one kind a line.
; src/language/csharp.rs reads the roles; what a kind needs beyond its role stands there.

; Expressions
(invocation_expression) @call
(object_creation_expression) @new
(implicit_object_creation_expression) @new
(member_access_expression) @member
(conditional_access_expression) @member
(element_access_expression) @index
(identifier) @name
(predefined_type) @name
(qualified_name) @path
(alias_qualified_name) @path
(string_literal) @text
(verbatim_string_literal) @text
(raw_string_literal) @text
(character_literal) @text
(interpolated_string_expression) @template
(integer_literal) @number
(real_literal) @number
(boolean_literal) @true
(null_literal) @null
(anonymous_object_creation_expression) @object
(with_expression) @object
(array_creation_expression) @list
(implicit_array_creation_expression) @list
(collection_expression) @list
(tuple_expression) @list
(initializer_expression) @list
(spread_element) @spread
(lambda_expression) @lambda
(anonymous_method_expression) @lambda
(binary_expression) @binary
(conditional_expression) @conditional
(switch_expression) @match
(switch_statement) @match
(assignment_expression) @assignment
(is_pattern_expression) @let

; The value is that of the operand
(await_expression) @transparent
(parenthesized_expression) @transparent
(cast_expression) @transparent
(checked_expression) @transparent
(as_expression) @transparent
(ref_expression) @transparent
(postfix_unary_expression) @transparent
(expression_element) @transparent
(collection_element) @transparent
(constant_pattern) @transparent

; Statements
(return_statement) @return
(yield_statement) @return
(block) @block
(foreach_statement) @loop
(local_declaration_statement) @declaration
(local_function_statement) @function
(using_statement) @with

; Declarations
(using_directive) @import
(namespace_declaration) @module
(file_scoped_namespace_declaration) @module
(class_declaration) @class
(record_declaration) @class
(struct_declaration) @struct
(interface_declaration) @interface
(enum_declaration) @enum
(delegate_declaration) @alias
(field_declaration) @field
(event_field_declaration) @field
(property_declaration) @field
(event_declaration) @field
(method_declaration) @method
(constructor_declaration) @method
(destructor_declaration) @method
(operator_declaration) @method
(conversion_operator_declaration) @method
(indexer_declaration) @method
(attribute_list) @attribute
(global_attribute) @attribute

; Types
(generic_name) @generic

; Never looked into
(comment) @skip
(modifier) @skip
(empty_statement) @skip
(break_statement) @skip
(continue_statement) @skip
(goto_statement) @skip
(extern_alias_directive) @skip
(preproc_region) @skip
(preproc_endregion) @skip
(preproc_line) @skip
(preproc_pragma) @skip
(preproc_nullable) @skip
(preproc_error) @skip
(preproc_warning) @skip
(preproc_define) @skip
(preproc_undef) @skip
